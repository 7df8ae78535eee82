"""How the recorded lines of each gateway are read: one module for each, under the gateway's own name.

Such a module has CONFIG (what its connector is configured with), SCORED (how many lines of a tier are held against
their label: fewer would mean that some are left out in silence), EXPLAINED (why a label and the connector differ, or
why a reply without a label is refused, by a part of the line's source) and `trial`, which makes of a line the command
that would have caused it, or says whose answer it is if no claimed flow asks for that. `same` are other ways by which
the object of a line may arrive, a delivery among them: every one must say the same of it; ALIKE counts them by flow.
"""
