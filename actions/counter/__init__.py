"""What the centre's counter does, in conversation: own data, applications, bookings, complaints, over FundSystem."""
