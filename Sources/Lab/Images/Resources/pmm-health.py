"""The image's health check: exits 0 where the URL in the first argument answers 200 within 2 s."""
import sys
import urllib.request

try:
    urllib.request.urlopen(sys.argv[1], timeout=2)
except OSError as error:
    sys.exit("%s: %s" % (sys.argv[1], error))
