#!/usr/bin/python3
"""A proxy on 127.0.0.1:3128 that answers everything itself, with the authorization that it was asked with."""

import base64
import http.server


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        kind, _, secret = self.headers.get("Proxy-Authorization", "").partition(" ")
        body = b"<p>" + (base64.b64decode(secret) if kind == "Basic" else b"nothing")
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


http.server.HTTPServer(("127.0.0.1", 3128), Handler).serve_forever()
