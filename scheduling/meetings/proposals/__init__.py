"""The proposal as people read it: what the propose page says and draws of an assessment."""
