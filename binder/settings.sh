# What the build and the sessions have in common; both read this file.

# A session has about one processor.
export OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 NUMBA_NUM_THREADS=1

# Sessions use what the build compiled, on processors that may be of another kind. A fit takes a tenth longer so.
export NUMBA_CPU_NAME=generic
