"""`cordboard` whose supervisor starts whoever ended again at once, however soon they ended.

In earnest there is a pause, and it grows for what ends within seconds; here they end all the time.
"""

from cordboard.command import main
from cordboard.running import part
from router.nats import embedded

part.HEALTHY_AFTER = embedded._HEALTHY_AFTER = 0.0
part.FIRST_PAUSE = 0.05

if __name__ == "__main__":
    main()
