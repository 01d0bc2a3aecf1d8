"""What documents say of the runs that are kept in docs/figures.

python benchmarks/quoted_text.py [NAME …]     sentences and tables as they are to stand there

A test holds that each of them stands in its document, so that no figure outlives its run.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from quoted_figures import KEPT
from quoted_plans import tell_claims, tell_compare, tell_plans, tell_shares
from quoted_uncertainty import tell_breakeven, tell_robust, tell_sample, tell_tornado, tell_voi
from quoted_weights import tell_interviews, tell_map, tell_rates, tell_stakeholders
from quoted_words import Kept, read_kept

TELL: Mapping[str, tuple[str, Callable[[Kept], list[str]]]] = {
    "plans": ("us-2027.md", tell_plans),
    "shares": ("us-2027.md", tell_shares),
    "claims": ("us-2027.md", tell_claims),
    "compare": ("us-2027.md", tell_compare),
    "tornado": ("uncertainty.md", tell_tornado),
    "breakeven": ("uncertainty.md", tell_breakeven),
    "sample": ("uncertainty.md", tell_sample),
    "voi": ("uncertainty.md", tell_voi),
    "robust": ("uncertainty.md", tell_robust),
    "map": ("weights.md", tell_map),
    "stakeholders": ("stakeholders.md", tell_stakeholders),
    "rates": ("explain.md", tell_rates),
    "interviews": ("stakeholders.md", tell_interviews),
}
"""Which document quotes a run, and what it says."""


def main() -> None:
    """Prints what the documents are to say."""
    for name in sys.argv[1:] or [name for name in TELL if (KEPT / f"{name}.json").exists()]:
        document, tell = TELL[name]
        print(f"\n# {name}, in docs/{document}\n")
        print("\n\n".join(tell(read_kept(name))))


if __name__ == "__main__":
    main()
