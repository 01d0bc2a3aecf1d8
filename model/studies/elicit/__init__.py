"""An interview: from answers about trade-offs to a portfolio that is proven good for them all."""
