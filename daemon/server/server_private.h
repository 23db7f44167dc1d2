/* What server.c, connection.c and dispatch.c share. Private to server/. Thread: main. */
#pragma once

#include "base/list.h"
#include "server/server.h"

struct registered {
    const struct interface *interface;
    void *context;
};

struct server {
    sd_event *event;
    struct server_settings settings;

    struct registered *interfaces;
    size_t n_interfaces;
    size_t interfaces_capacity;

    sd_event_source **listening;
    size_t n_listening;
    size_t listening_capacity;
    sd_event_source *retry; /* polls the listening sockets again after descriptors ran out */
    bool stopped;

    struct list connections;
    uint32_t n_connections;
};

/* NULL if there is none of that name. */
const struct registered *server_find_interface(
    const struct server *server, const char *name, size_t name_length);
