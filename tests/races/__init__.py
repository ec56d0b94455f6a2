"""What happens at one instant: each rule of who wins is forced, not waited for."""
