"""A table of two people whose names are no good HTML."""

CSV = "person,choice,reward\n" + "".join(
    f"{name},{t % 2},{t % 3 % 2}\n" for name in ("<script>alert(1)</script>", "=1+1") for t in range(30)
)
