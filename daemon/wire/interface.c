#include "wire/interface.h"

/* The file itself, so that what is served is what is installed. */
__asm__(".pushsection .rodata\n"
        ".globl wire_interface_description\n"
        ".hidden wire_interface_description\n"
        ".type wire_interface_description, @object\n"
        "wire_interface_description:\n"
        ".incbin \"" WIRE_DESCRIPTION "\"\n"
        ".byte 0\n"
        ".size wire_interface_description, . - wire_interface_description\n"
        ".popsection\n");
