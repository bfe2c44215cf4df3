// EPI_VECTOR_CLONES before a function: it is compiled for processors with and without AVX2, and the loader picks one.
//
// Results are the same to the bit: there is no fused multiply-add in either (-ffp-contract=off), only more elements at a time.
#pragma once

// Sanitizers see into neither the resolver nor what it picks before they are set up.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define EPI_VECTOR_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define EPI_VECTOR_CLONES
#endif
