"""Files of minimal pairs as the field writes them, one reader a form; `choose` finds out which."""
