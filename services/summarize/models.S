// The weights as they are in models/, where the linker finds them.
.section .rodata
.balign 16
.global kPaperwireRoles
.global kPaperwireRolesEnd
kPaperwireRoles:
.incbin "services/summarize/models/roles.bin"
kPaperwireRolesEnd:
.balign 16
.global kPaperwireParts
.global kPaperwirePartsEnd
kPaperwireParts:
.incbin "services/summarize/models/parts.bin"
kPaperwirePartsEnd:
.section .note.GNU-stack, "", @progbits
