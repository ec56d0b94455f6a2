"""Try a journey before it is launched: the real engine on a virtual clock, in a scratch schema, with nothing leaving."""
