#include "wire/backup.h"

static const struct wire_field backup_out_fields[] = {
    WIRE_STRING_FIELD(struct wire_backup_out, bytes, "bytes"),
    WIRE_INT_FIELD(struct wire_backup_out, size, "size"),
};
WIRE_SHAPE(wire_backup_out_shape, "Backup", struct wire_backup_out, backup_out_fields);
