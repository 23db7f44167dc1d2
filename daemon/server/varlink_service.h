/* org.varlink.service: what every Varlink server has. Its context is the server. Thread: main. */
#pragma once

#include "server/verb.h"

extern const struct interface varlink_service;
