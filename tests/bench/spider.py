"""Scrapy with lxml and Counter: the usual way to count words on a list of pages. A peer for the bench.

    scrapy runspider spider.py -a urls=LIST"""

import collections
import re

import lxml.html
import scrapy

WORD = re.compile(r"\w+")


class Spider(scrapy.Spider):
    name = "words"
    custom_settings = {
        "CONCURRENT_REQUESTS": 50,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 50,
        "COOKIES_ENABLED": False,
        "DOWNLOAD_DELAY": 0,
        "LOG_LEVEL": "ERROR",
        "ROBOTSTXT_OBEY": False,
        "TELNETCONSOLE_ENABLED": False,
    }

    def __init__(self, urls, **kwargs):
        super().__init__(**kwargs)
        with open(urls, encoding="utf-8") as lines:
            self.start_urls = [line.strip() for line in lines]
        self.words = collections.Counter()
        self.pages = 0

    def parse(self, response):
        text = lxml.html.document_fromstring(response.body).text_content()
        self.words.update(WORD.findall(text.lower()))
        self.pages += 1

    def closed(self, reason):
        print(self.pages, self.words.most_common(10))
