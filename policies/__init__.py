"""The security controls of a CloudShelf stack, and the policy pack made of them."""
