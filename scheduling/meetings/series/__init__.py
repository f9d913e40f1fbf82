"""The weekly series as people read it: what its pages say and draw of the engine's plan."""
