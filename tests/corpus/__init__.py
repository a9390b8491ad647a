"""What real devices get wrong, case by case, and what a user wants made of it.

One module per chapter has the cases; `case` says what a case is, `builders` writes the texts, `doors` bring
them in through the package's public interface. Everything here is also run against other releases, see
`side_by_side`, and so uses nothing but names that users have.
"""
