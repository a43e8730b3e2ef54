"""How fast it is, beside what sites would use otherwise; nothing here runs with the tests."""
