# The content of FILE as base64 on one line: keys are any bytes.
base64 -w0 "$FILE"
