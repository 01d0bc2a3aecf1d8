"""Stakeholders with weights and beliefs of their own: what they would fund, alone and together."""
