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

/* A job was removed some time after its end. Fields: URLSTAT_JOB. */
#define MESSAGE_JOB_EXPIRED "b1f3a0c6d2b84cf0a9d5e7326f41c8ae"

/* The store cannot be written or read; fetching pauses. */
#define MESSAGE_STORE_FAILED "fe48c60239ba4f19a86694729e82b5b7"

/* The store's file is damaged and is set aside; said again at each start until it is taken away. */
#define MESSAGE_STORE_DAMAGED "5c0e7b8f3d4a4f6e9a1b2c7d8e6f0913"

/* No room for the store; fetching pauses. */
#define MESSAGE_STORE_FULL "a343125a084b4cea85a95d63398a1b3a"

/* The store works again; fetching goes on. */
#define MESSAGE_STORE_RECOVERED "ad1668025b9a4d1eafe2c83265cc6624"

/* The configuration was read anew and is in effect. */
#define MESSAGE_RELOADED "3bc98307f4084459a2ba52464f8fe2d6"

/* The configuration was read anew and refused: the one before is in effect. */
#define MESSAGE_RELOAD_REFUSED "a69c95f171cc43ee8bd1a5922641f896"

/* A URL ended, at debug level. Fields: URLSTAT_JOB, URLSTAT_URL, URLSTAT_OUTCOME. */
#define MESSAGE_URL_ENDED "a63fb48aaf14497790b1ed2cd3523dcd"

/* A thread shows no sign of life: the manager's watchdog gets no answer. */
#define MESSAGE_STUCK "b2b48370c0f746658a6604393b38af2e"

/* The manager says that memory is short: caches were dropped. */
#define MESSAGE_MEMORY_PRESSURE "fa50666274be4026b5ef6da7e0b9cc17"

/* A line of the configuration is not understood and was left out. */
#define MESSAGE_CONFIG_WARNING "48d6db30fcdd48fa8d11a1e08f334d11"
