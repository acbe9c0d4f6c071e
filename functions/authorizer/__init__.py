"""Who may call the API: tokens checked before any function is asked."""
