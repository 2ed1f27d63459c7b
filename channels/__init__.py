"""The doors a citizen writes through: web hall, WeChat, app, robot; and the staff side."""
