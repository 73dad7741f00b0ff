"""One module a version; none is changed once it has been released."""
