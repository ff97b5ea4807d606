/* The bundle of Kubernetes and the catalogue, made by schemas_compile. */
    .section .rodata
    .balign 64
    .globl sluice_schema_bundle
    .globl sluice_schema_bundle_end
sluice_schema_bundle:
    .incbin SLUICE_SCHEMA_BUNDLE
sluice_schema_bundle_end:
    .byte 0
    .section .note.GNU-stack,"",%progbits
