"""`cordboard` whose supervisor starts whoever ended again at once, however soon they ended.

In earnest the pause grows for what ends within two seconds; here that is what kills are for.
"""

from cordboard.command import main
from cordboard.running import part
from router.nats import embedded

part.HEALTHY_AFTER = embedded._HEALTHY_AFTER = 0.0

if __name__ == "__main__":
    main()
