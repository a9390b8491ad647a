"""The OpenHome profile, module by module."""
