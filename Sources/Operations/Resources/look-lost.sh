# After last-look.sh. Ends with an error unless OTHER is gone.
require_gone "$OTHER"
