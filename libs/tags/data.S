// The catalogue as it is in catalogue.json, and what was measured, where the linker finds them.
.section .rodata
.global kPaperwireTagCatalogue
.global kPaperwireTagCatalogueEnd
kPaperwireTagCatalogue:
.incbin "libs/tags/catalogue.json"
kPaperwireTagCatalogueEnd:
.global kPaperwireTagsMeasured
.global kPaperwireTagsMeasuredEnd
kPaperwireTagsMeasured:
.incbin "libs/tags/measured.json"
kPaperwireTagsMeasuredEnd:
.section .note.GNU-stack, "", @progbits
