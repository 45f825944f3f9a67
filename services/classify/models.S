// The weights as they are in models/, where the linker finds them.
.section .rodata
.balign 16
.global kPaperwireTags
.global kPaperwireTagsEnd
kPaperwireTags:
.incbin "services/classify/models/tags.bin"
kPaperwireTagsEnd:
.section .note.GNU-stack, "", @progbits
