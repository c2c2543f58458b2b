"""Makes the files of testdata/. Started by testdata/generate.py; see testdata/README.md."""
