"""The one exception that is the user's to mend."""


class UserError(Exception):
    """Bad input: the message says the value, the cause and the remedy.

    The command line prints the message alone and exits with code 1; every other exception is a
    defect of ours and keeps its traceback.
    """
