"""What a citizen can wish for, and the contract with the centre's core system.

`actions.registry.assemble` builds every action, `actions.server.ActionServer` mounts them.
"""
