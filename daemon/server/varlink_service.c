#include "server/varlink_service.h"

#include "server/call.h"
#include "server/server_private.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The interface is fixed by the Varlink specification, https://varlink.org/Service; the comments are ours. */
static const char description[] =
    "# What every Varlink service can be asked about itself.\n"
    "interface org.varlink.service\n"
    "\n"
    "# Who serves, and which interfaces.\n"
    "method GetInfo() -> (\n"
    "  vendor: string,\n"
    "  product: string,\n"
    "  version: string,\n"
    "  url: string,\n"
    "  interfaces: []string\n"
    ")\n"
    "\n"
    "# The text of one of these interfaces.\n"
    "method GetInterfaceDescription(interface: string) -> (description: string)\n"
    "\n"
    "error InterfaceNotFound (interface: string)\n"
    "error MethodNotFound (method: string)\n"
    "# The description has the method, this service does not.\n"
    "error MethodNotImplemented (method: string)\n"
    "# The parameter is unknown, missing or of a wrong type.\n"
    "error InvalidParameter (parameter: string)\n"
    "error PermissionDenied ()\n"
    "# The method replies several times: call it with \"more\".\n"
    "error ExpectedMore ()\n";

struct info_out {
    const char *vendor;
    const char *product;
    const char *version;
    const char *url;
    const char *const *interfaces;
    size_t n_interfaces;
};
static const struct wire_field info_out_fields[] = {
    WIRE_STRING_FIELD(struct info_out, vendor, "vendor"),
    WIRE_STRING_FIELD(struct info_out, product, "product"),
    WIRE_STRING_FIELD(struct info_out, version, "version"),
    WIRE_STRING_FIELD(struct info_out, url, "url"),
    WIRE_STRINGS_FIELD(struct info_out, interfaces, "interfaces", WIRE_REQUIRED),
};
static WIRE_SHAPE(info_out_shape, "GetInfo", struct info_out, info_out_fields);

struct description_in {
    const char *interface;
};
static const struct wire_field description_in_fields[] = {
    WIRE_STRING_FIELD(struct description_in, interface, "interface"),
};
static WIRE_SHAPE(
    description_in_shape, "GetInterfaceDescription", struct description_in, description_in_fields);

struct description_out {
    const char *description;
};
static const struct wire_field description_out_fields[] = {
    WIRE_STRING_FIELD(struct description_out, description, "description"),
};
static WIRE_SHAPE(
    description_out_shape, "GetInterfaceDescription", struct description_out, description_out_fields);

static const struct wire_method get_info_method = {
    .name = "org.varlink.service.GetInfo", .in = &wire_nothing_shape, .out = &info_out_shape};
static const struct wire_method get_description_method = {
    .name = "org.varlink.service.GetInterfaceDescription",
    .in = &description_in_shape,
    .out = &description_out_shape};

static void get_info(struct call *call)
{
    const struct server *server = call_context(call);
    const char **names = calloc(server->n_interfaces, sizeof(*names));
    struct info_out out = {.vendor = server->settings.vendor,
        .product = server->settings.product,
        .version = server->settings.version,
        .url = server->settings.url,
        .interfaces = names,
        .n_interfaces = server->n_interfaces};

    if (!names) {
        call_fail(call, -ENOMEM);
        return;
    }
    for (size_t i = 0; i < server->n_interfaces; i++)
        names[i] = server->interfaces[i].interface->name;
    call_reply(call, &out);
    free(names);
}

static void get_description(struct call *call)
{
    const struct description_in *in = call_in(call);
    const struct registered *registered =
        server_find_interface(call_context(call), in->interface, strlen(in->interface));

    if (!registered) {
        call_error(
            call, WIRE_INTERFACE_NOT_FOUND, &(struct wire_error_parameters){.interface = in->interface});
        return;
    }
    call_reply(call, &(struct description_out){.description = registered->interface->description});
}

static const struct verb verbs[] = {
    {.method = &get_info_method, .handler = get_info},
    {.method = &get_description_method, .handler = get_description},
};

const struct interface varlink_service = {.name = "org.varlink.service",
    .description = description,
    .verbs = verbs,
    .n_verbs = sizeof(verbs) / sizeof(verbs[0])};
