"""What is computed: the numbered equations, as a model and as played forward."""
