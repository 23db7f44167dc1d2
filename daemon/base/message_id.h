/* Identities of journal lines, for `journalctl MESSAGE_ID=` and `journalctl -x`: packaging/urlstatd.catalog
 * explains each. An identity means the same for ever; a line that comes to mean something else gets a new
 * one. Thread: any. */
#pragma once

/* The daemon is ready. */
#define MESSAGE_STARTED "27b77d7b7aa24b43a1b377abca5e1d3e"

/* The daemon has drained and ends. */
#define MESSAGE_STOPPED "15f33fa179104c1f9eb868cf57cb92d5"

/* A job ended. Fields: URLSTAT_JOB. */
#define MESSAGE_JOB_FINISHED "4d4ec2a649c0415b9b51d9b82f5c3d92"

/* The store cannot be written or read; fetching pauses. */
#define MESSAGE_STORE_FAILED "fe48c60239ba4f19a86694729e82b5b7"

/* No room for the store; fetching pauses. */
#define MESSAGE_STORE_FULL "a343125a084b4cea85a95d63398a1b3a"

/* The store works again; fetching goes on. */
#define MESSAGE_STORE_RECOVERED "ad1668025b9a4d1eafe2c83265cc6624"

/* A line of the configuration is not understood and was left out. */
#define MESSAGE_CONFIG_WARNING "48d6db30fcdd48fa8d11a1e08f334d11"
