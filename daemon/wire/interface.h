/* The text of io.urlstat.varlink, as GetInterfaceDescription serves it. Thread: any. */
#pragma once

extern const char wire_interface_description[];
