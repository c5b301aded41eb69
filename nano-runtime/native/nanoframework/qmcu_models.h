/* The models that are compiled into a firmware, as C++ glue finds them. */
#ifndef QMCU_MODELS_H
#define QMCU_MODELS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define QMCU_HASH_BYTES 32

typedef struct
{
    uint8_t content_hash[QMCU_HASH_BYTES];
    int32_t input_bytes;  /* of all inputs, one after another */
    int32_t output_bytes; /* of all outputs, one after another */
    int32_t arena_bytes;
    /* `arena` lies on a word and has arena_bytes; `input` and `output` are as long as they say and do not overlap. */
    void (*run)(uint8_t *arena, const uint8_t *input, uint8_t *output);
    /* Patches of the last run by the branch that they took, or null where the model does not run patch by patch. */
    const int32_t *patch_counts;
    int32_t branches; /* length of patch_counts; 0 where it is null */
} qmcu_model;

/* Number of models in this firmware. */
int32_t qmcu_model_count(void);

/* The model of a handle; null where there is none. */
const qmcu_model *qmcu_model_at(int32_t handle);

/* Handle of the model of a content hash; -1 where there is none. */
int32_t qmcu_model_find(const uint8_t *content_hash);

/* Working memory, large enough for each of the models: they run one at a time. */
uint8_t *qmcu_model_arena(void);

#ifdef __cplusplus
}
#endif

#endif
