"""What a stack costs a month, from its resource graph and AWS's list prices."""
