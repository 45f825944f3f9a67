// The weights as they are in models/, where the linker finds them.
.section .rodata
.balign 16
.global paperwire_summarize_roles
.global paperwire_summarize_roles_end
paperwire_summarize_roles:
.incbin "services/summarize/models/roles.bin"
paperwire_summarize_roles_end:
.balign 16
.global paperwire_summarize_parts
.global paperwire_summarize_parts_end
paperwire_summarize_parts:
.incbin "services/summarize/models/parts.bin"
paperwire_summarize_parts_end:
.section .note.GNU-stack, "", @progbits
