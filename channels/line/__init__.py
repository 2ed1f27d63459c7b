"""The telephone's door into the gateway: voice/ runs in a process of its own and asks here."""
