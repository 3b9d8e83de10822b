print("never
