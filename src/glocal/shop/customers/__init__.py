"""The shop's customers, as their orders tell of them: nobody needs an account."""
