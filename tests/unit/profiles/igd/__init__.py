"""The Internet gateway profile, module by module."""
