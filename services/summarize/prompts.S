// The prompt as it is in prompts/, where the linker finds it.
.section .rodata
.global kPaperwirePromptSystem
.global kPaperwirePromptSystemEnd
kPaperwirePromptSystem:
.incbin "services/summarize/prompts/card-1.system.txt"
kPaperwirePromptSystemEnd:
.global kPaperwirePromptUser
.global kPaperwirePromptUserEnd
kPaperwirePromptUser:
.incbin "services/summarize/prompts/card-1.user.txt"
kPaperwirePromptUserEnd:
.global kPaperwirePromptAgain
.global kPaperwirePromptAgainEnd
kPaperwirePromptAgain:
.incbin "services/summarize/prompts/card-1.again.txt"
kPaperwirePromptAgainEnd:
.global kPaperwirePromptSchema
.global kPaperwirePromptSchemaEnd
kPaperwirePromptSchema:
.incbin "services/summarize/prompts/card-1.schema.json"
kPaperwirePromptSchemaEnd:
.section .note.GNU-stack, "", @progbits
